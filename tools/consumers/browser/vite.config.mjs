import { defineConfig } from "vite"

export default defineConfig({
  build: { outDir: "out", lib: { entry: "main.ts", formats: ["iife"], name: "client", fileName: () => "client.js" } }
})
