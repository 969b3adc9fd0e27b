/** Writes `licenses.json`: the packages whose code is in the built app, with their licences; unknown ones fail. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

// Permissive ones, and MPL unmodified; BSL-1.0 is Boost's.
const ALLOWED = [
  "MIT",
  "MIT-0",
  "0BSD",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "MPL-2.0",
  "BSL-1.0",
  "Zlib",
];

/** Of licences to choose from, one that is allowed is enough. */
const allowed = (license: string) =>
  license
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((one) => ALLOWED.includes(one.trim())));

interface Package {
  name: string;
  version: string;
  license: string;
  text: string | null;
}

/** The folder of the package that a module is of: the innermost with a name and a version. */
function home(module: string): string | null {
  const path = module.replace(/^\0/, "").split("?")[0] ?? "";
  if (!path.includes("/node_modules/")) return null;
  for (let folder = dirname(path); !folder.endsWith("/node_modules"); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (!existsSync(file)) continue;
    const found = JSON.parse(readFileSync(file, "utf8"));
    if (found.name && found.version) return folder;
  }
  return null;
}

function read(folder: string): Package {
  const found = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  const license = typeof found.license === "string" ? found.license : (found.license?.type ?? "unknown");
  return {
    name: found.name,
    version: found.version,
    license,
    text: file ? readFileSync(join(folder, file), "utf8").trim() : null,
  };
}

/** The plugin for the app, and the one that tells it what its workers hold. */
export function licenses(): { app: Plugin; worker: Plugin } {
  const homes = new Set<string>();
  const collect = (modules: Iterable<string>) => {
    for (const module of modules) {
      const folder = home(module);
      if (folder) homes.add(folder);
    }
  };
  return {
    worker: {
      name: "licenses-of-workers",
      apply: "build",
      generateBundle() {
        collect(this.getModuleIds());
      },
    },
    app: {
      name: "licenses",
      apply: "build",
      generateBundle() {
        collect(this.getModuleIds());
        const packages = [...homes].map(read).sort((a, b) => (a.name < b.name ? -1 : 1));
        const refused = packages.filter((one) => !allowed(one.license));
        if (refused.length > 0)
          this.error(`not allowed: ${refused.map((one) => `${one.name} (${one.license})`).join(", ")}`);
        this.emitFile({ type: "asset", fileName: "licenses.json", source: JSON.stringify(packages) });
      },
    },
  };
}
