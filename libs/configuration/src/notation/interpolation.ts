// Environment variables inside values, in Compose's notation:
//
//   ${NAME}             its value; a variable that is not set is a fault
//   ${NAME:-default}    the default when it is not set or empty; the default may hold ${...} again
//   ${NAME:?message}    the message as the fault when it is not set or empty
//   $${                 a literal ${
//
// What a variable holds is never read for further expressions.

/** Where variables come from: `process.env`, or a record in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The text with its variables filled in, or what is wrong and which part of the text is to blame. */
export type Interpolation =
  | { readonly kind: "filled"; readonly text: string }
  | {
      readonly kind: "refused";
      readonly message: string;
      readonly suggestion?: string;
      /** The whole expression as written, to find it in the file. */
      readonly expression: string;
    };

/** True when the text holds anything for {@link interpolate} to do. */
export function hasExpression(text: string): boolean {
  return text.includes("${");
}

/** Fills in the variables. Names in `kept` stay as `${NAME}`: somebody later knows their value. */
export function interpolate(
  text: string,
  environment: Environment,
  kept: readonly string[] = [],
): Interpolation {
  let filled = "";
  let position = 0;
  while (position < text.length) {
    const start = text.indexOf("${", position);
    if (start < 0) break;
    if (text[start - 1] === "$" && start > position) {
      filled += `${text.slice(position, start - 1)}\${`;
      position = start + 2;
      continue;
    }
    const end = closingBrace(text, start + 2);
    const expression = end < 0 ? text.slice(start) : text.slice(start, end + 1);
    const value = end < 0 ? malformed(expression) : evaluate(expression, environment, kept);
    if (value.kind === "refused") return value;
    filled += text.slice(position, start) + value.text;
    position = end + 1;
  }
  return { kind: "filled", text: filled + text.slice(position) };
}

/** A text that {@link interpolate} turns back into this one. Placeholders in `kept` stay readable. */
export function escapeExpressions(text: string, kept: readonly string[] = []): string {
  return text.replaceAll(/\$\{/g, (opening, offset: number) => {
    const isKept = kept.some((name) => text.startsWith(`\${${name}}`, offset));
    return isKept && text[offset - 1] !== "$" ? opening : `$${opening}`;
  });
}

function evaluate(
  expression: string,
  environment: Environment,
  kept: readonly string[],
): Interpolation {
  const match = /^\$\{([A-Za-z_]\w*)(?:(:[-?])(.*))?\}$/s.exec(expression);
  if (match === null) return malformed(expression);
  const [, name = "", operator, operand = ""] = match;
  if (kept.includes(name)) return { kind: "filled", text: `\${${name}}` };
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (operator === ":-") {
    return value ? { kind: "filled", text: value } : interpolate(operand, environment, kept);
  }
  if (operator === ":?") {
    if (value) return { kind: "filled", text: value };
    const reason = operand === "" ? "is not set or empty" : operand;
    return { kind: "refused", expression, message: `environment variable ${name}: ${reason}` };
  }
  if (value !== undefined) return { kind: "filled", text: value };
  return {
    kind: "refused",
    expression,
    message: `environment variable ${name} is not set`,
    suggestion: `set it, or write \${${name}:-default}`,
  };
}

function malformed(expression: string): Interpolation {
  return {
    kind: "refused",
    expression,
    message: `${expression} is none of \${NAME}, \${NAME:-default}, \${NAME:?message}`,
    suggestion: `write $\${ for a literal \${`,
  };
}

// Defaults nest, but nobody writes more than this; a bound keeps hostile files off the stack.
const nestingMax = 8;

/** Offset of the brace that closes an expression, or -1. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let offset = from; offset < text.length; offset++) {
    if (text.startsWith("${", offset)) depth++;
    if (depth > nestingMax) return -1;
    if (text[offset] === "}" && --depth === 0) return offset;
  }
  return -1;
}
