import { isError, makeClient, Redacted } from "@workspace-secrets/http-client/promise"

const secrets = makeClient({ apiKey: process.env["CADENYA_API_KEY"] })

try {
  const { spec } = await secrets.create({
    metadata: { name: "Stripe", externalId: "billing/stripe" },
    spec: { value: "sk_live_1" }
  })
  console.log(spec) // { value: <redacted> }
  console.log(spec.value && Redacted.value(spec.value).length) // 9

  for await (const { metadata } of secrets.listAll({ prefix: "Stripe" })) {
    console.log(metadata.name) // Stripe
    break
  }

  await secrets.get("wsecret_unknown", { signal: AbortSignal.timeout(5000) })
} catch (error) {
  if (!isError(error, "WorkspaceSecretNotFound")) {
    throw error
  }
  console.log(error.message, error.requestId) // no such secret req-1
} finally {
  await secrets.close()
}
