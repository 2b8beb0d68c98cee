/** Formats a rejection of fetch. Node has the reason, such as ECONNREFUSED, in the cause. */
export const whyNoAnswer = (error: unknown): string =>
  error instanceof Error
    ? `${error.name}: ${error.message}${error.cause === undefined ? "" : ` (${whyNoAnswer(error.cause)})`}`
    : typeof error
