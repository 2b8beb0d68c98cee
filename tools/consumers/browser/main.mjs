// Runs the bundle without Node's globals, in an edge runtime.
import { EdgeVM } from "@edge-runtime/vm"
import { readFileSync } from "node:fs"

const vm = new EdgeVM()
const ofNode = ["process", "Buffer", "require", "module", "global"].filter((name) =>
  vm.evaluate(`typeof ${name}`) !== "undefined"
)
console.log(`of Node: ${ofNode.join(", ") || "nothing"}`)
vm.evaluate(readFileSync("out/client.js", "utf8"))
const [url, key] = [process.env.CADENYA_BASE_URL, process.env.CADENYA_API_KEY].map((text) => JSON.stringify(text))
console.log(await vm.evaluate(`client.run(${url}, ${key})`))
