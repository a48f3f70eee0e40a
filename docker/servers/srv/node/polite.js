// A server that ends well on SIGTERM.
const server = require("node:http").createServer((_request, response) => response.end("hello\n"));
server.listen(8080, () => console.log("listening"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
