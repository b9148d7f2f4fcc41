// Preloaded (node -r) into servers that listen on every interface and cannot be told otherwise,
// server-everything in HTTP mode for one: whatever they ask for, they get 127.0.0.1.
const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'object' && args[0] !== null) {
    if (args[0].port !== undefined) args[0] = { ...args[0], host: '127.0.0.1' };
  } else if (args[0] !== undefined && Number.isInteger(Number(args[0]))) {
    const rest = args.slice(1).filter((one, i) => !(i === 0 && typeof one === 'string'));
    args = [Number(args[0]), '127.0.0.1', ...rest];
  }
  return listen.apply(this, args);
};
