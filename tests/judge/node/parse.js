// Reads one JSON object a line ({"sql": …}) and answers each with one line: {"syntax": [message, …]}.
// Only what the parser and the lexer say about syntax counts; that a table is unknown does not.
"use strict";

const readline = require("node:readline");
const { importer } = require("@dbml/core");

const lexer = [];
console.error = (message) => lexer.push(String(message)); // where ANTLR's lexer reports, and nowhere else

function syntax(sql) {
  lexer.length = 0;
  let parser = [];
  try {
    importer.import(sql, "oracle");
  } catch (error) {
    if (Array.isArray(error.diags)) {
      parser = error.diags.filter((diag) => typeof diag.text === "string").map((diag) => diag.text);
    } else if (!/\bexport/.test(error.stack)) {
      parser = [`the grammar's visitor failed: ${error.message}`]; // an export fails only behind a good parse
    }
  }
  return [...lexer, ...parser];
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify({ syntax: syntax(JSON.parse(line).sql) }) + "\n");
});
