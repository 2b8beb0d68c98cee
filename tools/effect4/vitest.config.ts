import { project } from "../vitest.base.js"

export default project("effect4", { directory: "." })
