// Bundles GraphiQL and its workers into ../assets, each file compressed once: the server sends them as they are.
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const assets = new URL("../assets/", import.meta.url).pathname;
rmSync(assets, { recursive: true, force: true });
mkdirSync(assets);

await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: {
    main: "main.jsx",
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  outdir: assets,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  jsx: "automatic",
  loader: { ".ttf": "file" },
  assetNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  logLevel: "warning",
});

for (const name of readdirSync(assets)) {
  writeFileSync(`${assets}${name}.gz`, gzipSync(readFileSync(assets + name), { level: 9 }));
  rmSync(assets + name);
}
