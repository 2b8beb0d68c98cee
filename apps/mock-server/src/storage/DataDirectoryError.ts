import * as Data from "effect/Data"

/**
 * A data directory cannot be read or written. The message says why and where, without quoting its content. The directory is left unchanged.
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
