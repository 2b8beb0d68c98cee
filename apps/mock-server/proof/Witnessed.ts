import * as Seal from "@workspace-secrets/contract-tests/Seal"
import * as Witness from "@workspace-secrets/contract-tests/Witness"
import type { Fetch } from "../test/target.js"

/** A `fetch` with a witness. Each response is read completely before it is passed on. */
export const witnessed = (fetch: Fetch, witness: Witness.Witness): Fetch => async (input, init) => {
  const request = new Request(input, init)
  const requestBody = await request.clone().text()
  const url = new URL(request.url)
  const observation = witness.begin({
    method: request.method,
    target: `${url.pathname}${url.search}`,
    headers: request.headers
  })
  try {
    const response = await fetch(input, init)
    const body = await response.text()
    observation.end({
      requestBody,
      requestBytes: Buffer.byteLength(requestBody),
      status: response.status,
      headers: response.headers,
      body
    })
    return new Response([204, 304].includes(response.status) ? null : body, {
      status: response.status,
      headers: response.headers
    })
  } catch (error) {
    observation.giveUp("cutOff")
    throw error
  }
}

/** A witness of the suite's traffic, configured for the mock server. */
export const make = (): Witness.Witness =>
  Witness.make({
    seal: Seal.make(),
    writeOnlyValues: false,
    uppercaseNames: false,
    omitUnsetFields: false,
    seesAllWrites: true
  })

/** The statements that a witness has confirmed and not contradicted. */
export const confirmed = ({ findings }: Witness.Witness): ReadonlyArray<string> =>
  [...findings].filter(([, finding]) => Witness.resultOf(finding) === "confirmed").map(([id]) => id)

/** The statements that a witness has contradicted, ordered by id. */
export const contradicted = ({ findings }: Witness.Witness): ReadonlyArray<string> =>
  [...findings].filter(([, finding]) => finding.contradicted > 0).map(([id]) => id).sort()
