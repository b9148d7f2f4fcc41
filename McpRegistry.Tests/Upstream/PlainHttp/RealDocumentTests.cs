using System.Text.Json;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>Documents as they are met: hand-written YAML, what FastAPI generates, what Spring generates.</summary>
public sealed class RealDocumentTests
{
    private const string Petstore = """
        openapi: 3.0.3
        info:
          title: Petstore
          version: 1.0.0
        servers:
          - url: https://petstore.example/api/v3
          - url: /api/v3
        paths:
          /pet/findByStatus:
            get:
              tags: [pet]
              summary: Finds pets by status
              operationId: findPetsByStatus
              parameters:
                - name: status
                  in: query
                  explode: false
                  schema:
                    type: array
                    items: {type: string, enum: [available, pending, sold], default: available}
              responses:
                '200':
                  description: ok
                  content:
                    application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}
                    application/xml: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}
              security:
                - petstore_auth: [read:pets]
          /pet:
            post:
              operationId: addPet
              requestBody:
                required: true
                content:
                  application/json: {schema: {$ref: '#/components/schemas/Pet'}}
                  application/xml: {schema: {$ref: '#/components/schemas/Pet'}}
              responses: {'405': {description: Invalid input}}
          /pet/{petId}/uploadImage:
            post:
              operationId: uploadFile
              parameters:
                - {name: petId, in: path, required: true, schema: {type: integer, format: int64}}
                - {name: additionalMetadata, in: query, schema: {type: string, nullable: true}}
              requestBody:
                content:
                  application/octet-stream: {schema: {type: string, format: binary}}
              responses: {'200': {description: ok}}
          /pet/{petId}:
            delete:
              operationId: deletePet
              parameters:
                - {name: api_key, in: header, required: false, schema: {type: string}}
                - {name: petId, in: path, required: true, schema: {type: integer, format: int64, minimum: 0, exclusiveMinimum: true}}
              responses: {'400': {description: Invalid pet value}}
        components:
          schemas:
            Category: {type: object, properties: {id: {type: integer}, name: {type: string}}, xml: {name: category}}
            Pet:
              type: object
              required: [name, photoUrls]
              properties:
                id: {type: integer, format: int64, readOnly: true}
                category: {$ref: '#/components/schemas/Category'}
                name: {type: string, example: doggie}
                photoUrls: {type: array, xml: {wrapped: true}, items: {type: string}}
        """;

    private const string FastApi = """
        {"openapi":"3.1.0","info":{"title":"FastAPI","version":"0.1.0"},"servers":[{"url":"/root"}],"paths":{
          "/items/{item_id}":{"put":{"summary":"Update Item","operationId":"update_item_items__item_id__put",
            "parameters":[
              {"name":"item_id","in":"path","required":true,"schema":{"type":"integer","title":"Item Id"}},
              {"name":"q","in":"query","required":false,"schema":{"anyOf":[{"type":"string"},{"type":"null"}],"title":"Q"}},
              {"name":"x-token","in":"header","required":true,"schema":{"type":"string","title":"X-Token"}},
              {"name":"ads_id","in":"cookie","required":false,"schema":{"anyOf":[{"type":"string"},{"type":"null"}],"title":"Ads Id"}}],
            "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Item"}}}},
            "responses":{"200":{"description":"Successful Response","content":{"application/json":{"schema":{}}}},"422":{"description":"Validation Error","content":{"application/json":{"schema":{"$ref":"#/components/schemas/HTTPValidationError"}}}}}}},
          "/login":{"post":{"operationId":"login_login_post","requestBody":{"content":{"application/x-www-form-urlencoded":{"schema":{"$ref":"#/components/schemas/Body_login_login_post"}}},"required":true},"responses":{}}},
          "/upload":{"post":{"operationId":"upload_upload_post","requestBody":{"content":{"multipart/form-data":{"schema":{"$ref":"#/components/schemas/Body_upload"}}},"required":true},"responses":{}}}},
         "components":{"schemas":{
          "Item":{"properties":{"name":{"type":"string","title":"Name"},"price":{"type":"number","exclusiveMinimum":0,"title":"Price"},"child":{"anyOf":[{"$ref":"#/components/schemas/Item"},{"type":"null"}]}},"type":"object","required":["name","price"],"title":"Item"},
          "Body_login_login_post":{"properties":{"grant_type":{"anyOf":[{"type":"string","pattern":"^password$"},{"type":"null"}],"title":"Grant Type"},"username":{"type":"string","title":"Username"},"password":{"type":"string","format":"password","title":"Password"},"scope":{"type":"string","title":"Scope","default":""}},"type":"object","required":["username","password"],"title":"Body"},
          "Body_upload":{"properties":{"file":{"type":"string","contentMediaType":"application/octet-stream","title":"File"},"token":{"type":"string","title":"Token"}},"type":"object","required":["file","token"]},
          "HTTPValidationError":{"properties":{"detail":{"items":{"type":"object"},"type":"array"}},"type":"object"}}}}
        """;

    [Fact]
    public async Task The_petstore_can_be_called_as_it_is_written()
    {
        await using var service = await RecordingService.WithAsync(Petstore);
        var tools = await service.ToolsAsync();

        Assert.Equal(["addPet", "deletePet", "findPetsByStatus", "uploadFile"], tools.Keys.Order());
        Assert.Empty(service.LeftOut);
        AssertPlain(tools);
        Assert.Equal("""["name","photoUrls"]""", tools["addPet"].GetProperty("inputSchema").GetProperty("required").GetRawText());
        var found = await service.CallAsync("findPetsByStatus", """{"status":["available","sold"]}""");
        Assert.Equal(("GET /api/v3/pet/findByStatus?status=available,sold", "application/json, application/xml"), (found.Line, found.Header("Accept")));
        var added = await service.CallAsync("addPet", """{"name":"rex","photoUrls":[]}""");
        Assert.Equal(("POST /api/v3/pet", """{"name":"rex","photoUrls":[]}"""), (added.Line, added.Text));
        var sent = await service.CallAsync("uploadFile", """{"petId":7,"additionalMetadata":"m","body":"aGk="}""");
        Assert.Equal(("POST /api/v3/pet/7/uploadImage?additionalMetadata=m", "application/octet-stream", "hi"), (sent.Line, sent.Header("Content-Type"), sent.Text));
        var deleted = await service.CallAsync("deletePet", """{"petId":7,"api_key":"k"}""");
        Assert.Equal(("DELETE /api/v3/pet/7", "k"), (deleted.Line, deleted.Header("api_key")));
    }

    [Fact]
    public async Task What_FastAPI_generates_can_be_called()
    {
        await using var service = await RecordingService.WithAsync(FastApi, "/root");
        var tools = await service.ToolsAsync();

        Assert.Empty(service.LeftOut);
        AssertPlain(tools);
        Assert.Equal("""["item_id","x-token","name","price"]""", tools["update_item_items__item_id__put"].GetProperty("inputSchema").GetProperty("required").GetRawText());
        var updated = await service.CallAsync("update_item_items__item_id__put", """{"item_id":3,"q":"a b","x-token":"t","ads_id":"c","name":"n","price":1.50}""");
        Assert.Equal(("PUT /root/items/3?q=a%20b", "t", "ads_id=c", """{"name":"n","price":1.50}"""), (updated.Line, updated.Header("x-token"), updated.Header("Cookie"), updated.Text));
        var login = await service.CallAsync("login_login_post", """{"username":"me","password":"p&w"}""");
        Assert.Equal(("application/x-www-form-urlencoded", "username=me&password=p%26w"), (login.Header("Content-Type"), login.Text));
        var upload = await service.CallAsync("upload_upload_post", """{"file":"aGk=","token":"t"}""");
        Assert.Contains("name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\nhi\r\n", upload.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"token\"\r\n\r\nt\r\n", upload.Text, StringComparison.Ordinal);
    }

    // What MCP's schema and the models' interfaces want of every tool.
    private static void AssertPlain(Dictionary<string, JsonElement> tools)
    {
        foreach (var (name, tool) in tools)
        {
            Assert.Matches("^[a-zA-Z0-9_.-]{1,128}$", name);
            var schema = tool.GetProperty("inputSchema");
            Assert.Equal("object", schema.GetProperty("type").GetString());
            Assert.False(schema.TryGetProperty("anyOf", out _) || schema.TryGetProperty("oneOf", out _) || schema.TryGetProperty("allOf", out _));
            Assert.All(schema.GetProperty("properties").EnumerateObject(), property => Assert.Matches("^[a-zA-Z0-9_.-]{1,64}$", property.Name));
            foreach (var word in (string[])["nullable", "\"exclusiveMinimum\":true", "\"xml\"", "discriminator", "#/components", ":null"])
                Assert.DoesNotContain(word, schema.GetRawText(), StringComparison.Ordinal);
        }
    }
}
