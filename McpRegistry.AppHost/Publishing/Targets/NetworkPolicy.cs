using Aspire.Hosting.Kubernetes.Resources;

using YamlDotNet.Serialization;

namespace McpRegistry.AppHost.Publishing;

/// <summary>Lets pods of the same release in, and nobody else of the cluster. A forwarded port and the probes come by the node, which is always let in.</summary>
internal sealed class NetworkPolicy : BaseKubernetesResource
{
    private const string Instance = "app.kubernetes.io/instance";
    private const string Release = "{{ .Release.Name }}";

    /// <param name="component">The resource whose pods it is about, by the name it has in the model.</param>
    public NetworkPolicy(string component) : base("networking.k8s.io/v1", "NetworkPolicy")
    {
        Metadata.Name = $"{component}-callers";
        Spec = new PolicySpec
        {
            PodSelector = new LabelSelectorV1(new Dictionary<string, string> { ["app.kubernetes.io/component"] = component, [Instance] = Release }),
            Ingress = [new IngressRule { From = [new Peer { PodSelector = new LabelSelectorV1(new Dictionary<string, string> { [Instance] = Release }) }] }],
        };
    }

    [YamlMember(Alias = "spec")]
    public PolicySpec Spec { get; }

    internal sealed class PolicySpec
    {
        [YamlMember(Alias = "podSelector")]
        public required LabelSelectorV1 PodSelector { get; init; }

        [YamlMember(Alias = "policyTypes")]
        public List<string> PolicyTypes { get; } = ["Ingress"];

        [YamlMember(Alias = "ingress")]
        public required List<IngressRule> Ingress { get; init; }
    }

    internal sealed class IngressRule
    {
        [YamlMember(Alias = "from")]
        public required List<Peer> From { get; init; }
    }

    internal sealed class Peer
    {
        [YamlMember(Alias = "podSelector")]
        public required LabelSelectorV1 PodSelector { get; init; }
    }
}
