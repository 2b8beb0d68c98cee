/** The part of a secret that the program uses; fields that a response always has are required. */
export interface Secret {
  readonly metadata: {
    readonly id: string
    readonly name: string
    readonly externalId: string
    readonly labels: Readonly<Record<string, string>>
  }
  readonly spec: { readonly value?: string }
}

/** The five operations of a generated client. A failure has the HTTP status and the google.rpc.Code. */
export interface Client {
  readonly create: (secret: {
    readonly metadata: {
      readonly name: string
      readonly externalId?: string
      readonly labels?: Readonly<Record<string, string>>
    }
    readonly spec: { readonly value?: string }
  }) => Promise<Secret>
  readonly list: (query: { readonly labels?: string; readonly includeInfo?: boolean }) => Promise<
    { readonly items: ReadonlyArray<Secret>; readonly pagination: { readonly nextCursor: string } }
  >
  readonly get: (id: string) => Promise<Secret>
  readonly update: (
    id: string,
    update: { readonly metadata?: { readonly externalId?: string }; readonly updateMask?: string }
  ) => Promise<Secret>
  readonly remove: (id: string) => Promise<unknown>
}

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: number) {
    super(`${status} with code ${code}`)
  }
}

declare const process: { readonly env: Readonly<Record<string, string | undefined>> }

const variable = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

export const baseUrl = variable("CADENYA_BASE_URL")
export const apiKey = variable("CADENYA_API_KEY")

const expect = (what: string, holds: boolean): void => {
  if (!holds) throw new Error(`wrong: ${what}`)
}

/** Creates, lists, reads, updates and deletes a secret. */
export const run = async ({ create, get, list, remove, update }: Client): Promise<void> => {
  const value = "correct horse battery staple"
  const labels = { environment: "generated" }
  const created = await create({
    metadata: { name: "Billing database", externalId: "generated/1", labels },
    spec: { value }
  })
  const { id } = created.metadata
  expect("the value of a new secret", created.spec.value === value)

  const page = await list({ labels: "environment=generated", includeInfo: true })
  expect("the list", page.items.map(({ metadata }) => metadata.id).join() === id)
  expect("the last page", page.pagination.nextCursor === "")

  const got = await get(id)
  expect("the labels", Object.entries(got.metadata.labels).join() === "environment,generated")

  const cleared = await update(id, { metadata: {}, updateMask: "metadata.externalId,metadata.labels" })
  expect("the external id, cleared", cleared.metadata.externalId === "")
  expect("the labels, cleared", Object.entries(cleared.metadata.labels).length === 0)

  await remove(id)
  const failure: unknown = await get(id).catch((error: unknown) => error)
  expect("a deleted secret", failure instanceof ApiError && failure.status === 404 && failure.code === 5)
  console.log("created, listed, got, updated, deleted, 404")
}
