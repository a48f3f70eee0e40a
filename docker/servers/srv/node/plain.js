// A server that says nothing about signals.
require("node:http")
  .createServer((_request, response) => response.end("hello\n"))
  .listen(8080, () => console.log("listening"));
