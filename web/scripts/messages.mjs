// Gathers the texts of the page from the code into locales/messages.pot and every locales/*.po.
//   node scripts/messages.mjs           rewrites them; what was translated stays
//   node scripts/messages.mjs --check   fails when they are not current, a translation lacks or has other slots,
//                                       or a text of the page does not pass through the catalogue
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { po } from "gettext-parser";
import ts from "typescript";

const web = new URL("..", import.meta.url).pathname;
const locales = join(web, "locales");
const check = process.argv.includes("--check");
const wrong = [];

// Attributes and properties whose value a person reads.
const READ = new Set(
  "title label aria-label words placeholder description about mark head message nothing legend alt".split(
    " ",
  ),
);
const LETTERS = /\p{L}{2}/u;
const isText = (node) => node && (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node));

/** What a call of the catalogue's functions names: context, text and its plural. */
function asked(call) {
  const [first, second, third] = call.arguments;
  switch (call.expression.getText()) {
    case "t":
    case "rich":
      return { context: "", text: first };
    case "tIn":
      return { context: first, text: second };
    case "plural":
      return { context: "", text: second, many: third };
    default:
      return null;
  }
}

const found = new Map();

function gather(path, file) {
  const at = (node) => `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const plain = (node) => {
    if (isText(node) && LETTERS.test(node.text)) wrong.push(`${at(node)}: “${node.text}” is in no catalogue`);
  };
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const one = asked(node);
      if (one) {
        const parts = [one.text, ...(one.many ? [one.many] : []), ...(one.context ? [one.context] : [])];
        if (!parts.every(isText)) wrong.push(`${at(node)}: the text has to stand here as a literal`);
        else add(one.context?.text ?? "", one.text.text, one.many?.text ?? null, path, at(node));
      }
    }
    if (ts.isJsxText(node) && LETTERS.test(node.text) && !isCode(node.parent))
      wrong.push(`${at(node)}: “${node.text.trim()}” is in no catalogue`);
    if (ts.isJsxAttribute(node) && READ.has(node.name.getText())) plain(node.initializer);
    if (ts.isPropertyAssignment(node) && READ.has(node.name.text)) plain(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** What is typed is the same in every language. */
const isCode = (element) =>
  ts.isJsxElement(element) &&
  ["code", "kbd", "Code", "Kbd"].includes(element.openingElement.tagName.getText());

function add(context, text, many, path, at) {
  const key = `${context}\u0004${text}`;
  const known = found.get(key);
  if (known?.many && many && known.many !== many) wrong.push(`${at}: another plural of “${text}”`);
  if (known && !known.many !== !many) wrong.push(`${at}: “${text}” counts in one place and not in another`);
  if (known) known.paths.add(path);
  else found.set(key, { context, text, many, paths: new Set([path]) });
}

const slots = (text) => [...text.matchAll(/\{\w+\}|<\/?\w+>/g)].map(([slot]) => slot);
const same = (a, b) => slots(a).sort().join() === slots(b).sort().join();

function translations(name, before) {
  const translated = {};
  const plurals = Number(/nplurals=(\d)/.exec(before?.headers["Plural-Forms"])?.[1] ?? 2);
  for (const { context, text, many, paths } of [...found.values()].sort(byPlace)) {
    const old = before?.translations[context]?.[text]?.msgstr ?? [];
    const forms = Array.from({ length: many ? plurals : 1 }, (_, at) => old[at] ?? "");
    if (before && !forms.every(Boolean)) wrong.push(`${name}: “${text}” is not translated`);
    if (forms.some((form, at) => form && !same(form, at > 0 ? many : text) && !same(form, many ?? text)))
      wrong.push(`${name}: “${text}” has other slots than “${forms.join(" | ")}”`);
    translated[context] ??= {};
    translated[context][text] = {
      ...(context ? { msgctxt: context } : {}),
      msgid: text,
      ...(many ? { msgid_plural: many } : {}),
      msgstr: forms,
      comments: { reference: [...paths].sort().join("\n") },
    };
  }
  const headers = before?.headers ?? { "Content-Type": "text/plain; charset=utf-8" };
  return po.compile({ charset: "utf-8", headers, translations: translated }, { foldLength: 0 }).toString();
}

const first = (one) => [...one.paths].sort()[0];
const byPlace = (a, b) => first(a).localeCompare(first(b), "en") || a.text.localeCompare(b.text, "en");

function write(name, text) {
  const path = join(locales, name);
  let now = "";
  try {
    now = readFileSync(path, "utf8");
  } catch {}
  if (now === text) return;
  if (check) wrong.push(`locales/${name} is not current: node scripts/messages.mjs`);
  else writeFileSync(path, text);
}

for (const entry of readdirSync(join(web, "src"), { recursive: true }).sort()) {
  if (!/\.tsx?$/.test(entry) || /\.(test|gen|d)\./.test(entry) || /^i18n.(text|language|rich)/.test(entry))
    continue;
  const path = `src/${entry}`;
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  gather(
    path,
    ts.createSourceFile(path, readFileSync(join(web, path), "utf8"), ts.ScriptTarget.Latest, true, kind),
  );
}
write("messages.pot", translations("messages.pot", null));
for (const name of readdirSync(locales).filter((entry) => entry.endsWith(".po"))) {
  write(name, translations(name, po.parse(readFileSync(join(locales, name), "utf8"))));
}
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exit(1);
console.log(`${found.size} texts`);
