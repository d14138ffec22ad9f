// The build: one page, one script, one style sheet, nothing inline (Content-Security-Policy).
import { defineConfig } from "vite";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() stays as it is
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      ["/v1", "/openapi.json"].map((path) => [path, process.env.PARLEY_APP_URL ?? "http://127.0.0.1:8080"]),
    ),
  },
});
