import assert from "node:assert/strict";
import { test } from "node:test";

import { tokenize } from "./tokens.ts";

const texts: Record<string, { readonly text: string; readonly tokens: readonly string[] }> = {
  "comments of both kinds": {
    text: "// one\nx; /* two\nlines */ y",
    tokens: ["comment // one", "word x", "mark ;", "comment /* two\nlines */", "word y"],
  },
  "a first line for the shell": {
    text: "#!/usr/bin/env node\nx",
    tokens: ["comment #!/usr/bin/env node", "word x"],
  },
  "comment marks inside strings": {
    text: `"// no" + '/* no */'`,
    tokens: ['string "// no"', "mark +", "string '/* no */'"],
  },
  "quotes inside strings": {
    text: String.raw`"a\"b" 'c\'d'`,
    tokens: [String.raw`string "a\"b"`, String.raw`string 'c\'d'`],
  },
  "a string that does not end": { text: "it's\nx", tokens: ["word it", "string 's", "word x"] },
  "quotes and comment marks inside a pattern": {
    text: `x = /["'/*]\\/\\/[/]/gu; y`,
    tokens: ["word x", "mark =", `pattern /["'/*]\\/\\/[/]/gu`, "mark ;", "word y"],
  },
  "a pattern after a word of the language": {
    text: "return /'/.test(x)",
    tokens: ["word return", "pattern /'/", "mark .", "word test", "mark (", "word x", "mark )"],
  },
  divisions: {
    text: "a / 2 / c() / d",
    tokens: [
      "word a",
      "mark /",
      "number 2",
      "mark /",
      "word c",
      "mark (",
      "mark )",
      "mark /",
      "word d",
    ],
  },
  "a template with values in it, nested": {
    text: "`a ${ { b: `//${c}` } } d` + e",
    tokens: [
      "template `a ${",
      "mark {",
      "word b",
      "mark :",
      "template `//${",
      "word c",
      "template }`",
      "mark }",
      "template } d`",
      "mark +",
      "word e",
    ],
  },
};

for (const [title, { text, tokens }] of Object.entries(texts)) {
  test(`tokens of ${title}`, () => {
    assert.deepEqual(
      tokenize(text).map((token) => `${token.kind} ${token.text}`),
      tokens,
    );
  });
}

test("tokens know their lines", () => {
  const lines = tokenize("a\n/* b\nb */ c\n`d\n${e}\n` f").map(({ text, line }) => [text, line]);
  assert.deepEqual(lines, [
    ["a", 1],
    ["/* b\nb */", 2],
    ["c", 3],
    ["`d\n${", 4],
    ["e", 5],
    ["}\n`", 5],
    ["f", 6],
  ]);
});
