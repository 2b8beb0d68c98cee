import { render } from "preact"
import { App } from "./App.js"
import { followLocation } from "./Route.js"

followLocation()
const root = document.getElementById("root")
if (root !== null) {
  render(<App />, root)
}
