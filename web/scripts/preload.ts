/** Has the page fetch the app's chunk and styles at once: `main.ts` imports them only when the language is there. */
import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";

export function preload(name: string): Plugin {
  return {
    name: "preload-app",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
        const wanted = new Map<string, Rolldown.OutputChunk>();
        const add = (chunk: Rolldown.OutputChunk | undefined) => {
          if (!chunk || wanted.has(chunk.fileName)) return;
          wanted.set(chunk.fileName, chunk);
          for (const next of chunk.imports) add(chunks.find((one) => one.fileName === next));
        };
        add(chunks.find((one) => one.name === name));
        const link = (href: string, rel: string): HtmlTagDescriptor => ({
          tag: "link",
          attrs: { rel, crossorigin: true, href: `/${href}` },
          injectTo: "head",
        });
        const styles = [...wanted.values()].flatMap((one) => [...(one.viteMetadata?.importedCss ?? [])]);
        return [
          ...styles.map((file) => link(file, "stylesheet")),
          ...[...wanted.keys()].map((file) => link(file, "modulepreload")),
        ];
      },
    },
  };
}
