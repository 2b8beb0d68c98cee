import * as Data from "effect/Data"

/**
 * A data directory that worlds cannot be read from, or written to: what is wrong, and where. It quotes nothing of what is there, which is left
 * as it is.
 *
 * @since 0.1.0
 * @category errors
 */
export class DataDirectoryError extends Data.TaggedError("DataDirectoryError")<{
  readonly path: string
  readonly problem: string
}> {
  override get message(): string {
    return `data directory ${this.path}: ${this.problem}`
  }
}
