// As in the first lines of express's own guide.
const app = require("express")();
app.get("/", (_request, response) => response.send("hello\n"));
app.listen(8080, () => console.log("listening"));
