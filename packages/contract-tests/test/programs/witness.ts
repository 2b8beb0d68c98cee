import * as Effect from "effect/Effect"
import * as Cli from "../../src/Cli.js"

const defect = () => new Error(process.env["DEFECT"] ?? "")

process.on("SIGUSR2", () => {
  throw defect()
})

Cli.launch((environment) =>
  environment.args[0] === "die"
    ? Effect.die(defect())
    : Cli.run({ ...environment, version: "1", command: "contract" })
)
