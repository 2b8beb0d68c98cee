import { project } from "../../tools/vitest.base.js"

export default project("console")
