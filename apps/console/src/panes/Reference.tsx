/** The API reference: the page at /docs. */
export const ReferencePane = () => (
  <>
    <div class="bar">
      <h1>Reference</h1>
      <span class="gap" />
      <a href="/docs" target="_blank" rel="noreferrer">Open on its own</a>
      <a href="/openapi.json" target="_blank" rel="noreferrer">openapi.json</a>
      <a href="/_mock/openapi.json" target="_blank" rel="noreferrer">Control API</a>
    </div>
    <iframe title="Reference of the API" src="/docs" />
  </>
)
