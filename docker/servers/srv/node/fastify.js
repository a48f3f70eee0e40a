// Closes its server on SIGTERM, and lets node end by itself when nothing is left to do.
const app = require("fastify")();
app.get("/", async () => "hello\n");
app.listen({ port: 8080 }).then(() => console.log("listening"));
process.once("SIGTERM", () => app.close());
