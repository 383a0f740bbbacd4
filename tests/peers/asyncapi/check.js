// Says what AsyncAPI's own parser has against a document on stdin: a JSON list of its diagnostics, empty if it has none.
const { Parser } = require("@asyncapi/parser");

let text = "";
process.stdin.on("data", (piece) => (text += piece));
process.stdin.on("end", async () => {
  const { document, diagnostics } = await new Parser().parse(text);
  const found = diagnostics.map(({ code, message, path, severity }) => ({ code, message, path: path.join("."), severity }));
  if (!document && !found.length) found.push({ code: "no-document", message: "it is no document", path: "", severity: 0 });
  console.log(JSON.stringify(found));
});
