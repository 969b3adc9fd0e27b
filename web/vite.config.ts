import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { licenses } from "./scripts/licenses.ts";
import { catalogues } from "./scripts/po.ts";
import { preload } from "./scripts/preload.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.TREADLE_SERVER ?? "http://127.0.0.1:8080";

const shipped = licenses();

export default defineConfig({
  plugins: [react(), catalogues(), preload("app"), shipped.app],
  resolve: {
    alias: {
      "@": here("./src"),
      // A transitive XML writer of the viewer extends Node's EventEmitter.
      events: here("./node_modules/events/events.js"),
    },
  },
  worker: { format: "es", plugins: () => [shipped.worker] },
  build: {
    target: "es2022",
    outDir: here("../src/treadle/server/app/static"),
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 6000,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What the first screen needs is one chunk: it packs better than fifty.
            { name: "app", test: /\/src\/app\.tsx$/ },
            // What comes before it, so that it does not run too early.
            { name: "language", test: /\/src\/i18n\/language\.ts$|vite\/preload-helper/, priority: 1 },
          ],
        },
      },
      onLog: (level, log, show) => {
        // The image codecs mention Node's file system, which they do not use in a browser.
        if (!log.message.includes("externalized for browser compatibility")) show(level, log);
      },
    },
  },
  optimizeDeps: {
    exclude: ["@cornerstonejs/dicom-image-loader", "@cornerstonejs/metadata"],
    include: [
      "dicom-parser",
      "pako",
      "events",
      "@cornerstonejs/jpeg-lossless-decoder-js",
      "@cornerstonejs/codec-charls/decodewasmjs",
      "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs",
      "@cornerstonejs/codec-openjpeg/decodewasmjs",
      "@cornerstonejs/codec-libjxl/decodewasmjs",
      "@cornerstonejs/codec-openjph/wasmjs",
    ],
  },
  server: { proxy: { "/api": { target: server } } },
});
