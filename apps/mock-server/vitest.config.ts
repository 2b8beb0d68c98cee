import { project } from "../../tools/vitest.base.js"

export default project("mock-server", { threads: 2 })
