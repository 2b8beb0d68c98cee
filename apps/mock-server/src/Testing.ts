/**
 * A mock server for the tests of a file, with Vitest, node:test or another runner that has the same hooks. With `@effect/vitest`, use a
 * layer of `MockServer` instead.
 *
 * @since 0.1.0
 */
import * as MockServer from "./MockServer.js"

/**
 * The hooks of a runner that run before and after the tests of a file: `beforeAll` and `afterAll` of Vitest, `before` and `after` of
 * node:test.
 *
 * @since 0.1.0
 * @category models
 */
export interface Hooks {
  readonly beforeAll: (start: () => Promise<void>) => unknown
  readonly afterAll: (stop: () => Promise<void>) => unknown
}

/**
 * The test context that a runner passes to a test. It registers a cleanup: `onTestFinished` in Vitest, `after` in node:test.
 *
 * @since 0.1.0
 * @category models
 */
export type TestContext =
  | { readonly onTestFinished: (cleanUp: () => Promise<void>) => unknown }
  | { readonly after: (cleanUp: () => Promise<void>) => unknown }

/**
 * A server that the tests of a file share. Each test has its own tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface SharedServer {
  /** The server. Throws before the first test and after the last. */
  readonly running: MockServer.RunningServer
  /**
   * Creates a tenant and removes it after the test. With `assertFaultsHit`, the test fails if a fault was never applied. Rejects with
   * `SeedError`, `TenantError` or `TenantExists`.
   */
  readonly tenant: (test: TestContext, options?: MockServer.TenantOptions) => Promise<MockServer.RunningTenant>
}

/** Returns the function that registers a cleanup after the test. */
const atEndOf = (test: TestContext): (cleanUp: () => Promise<void>) => unknown => {
  if ("onTestFinished" in test) {
    return (cleanUp) => test.onTestFinished(cleanUp)
  }
  if ("after" in test) {
    return (cleanUp) => test.after(cleanUp)
  }
  throw new TypeError(
    "Expected the test context of the runner: it has onTestFinished in Vitest, and after in node:test"
  )
}

const share = (hooks: Hooks, start: () => Promise<MockServer.RunningServer>): SharedServer => {
  let server: MockServer.RunningServer | undefined
  hooks.beforeAll(async () => {
    server = await start()
  })
  hooks.afterAll(async () => {
    await server?.stop()
    server = undefined
  })
  const running = () => {
    if (server === undefined) {
      throw new Error(
        "The mock server is not running: use it inside a test, or in a hook that runs after its beforeAll"
      )
    }
    return server
  }
  return {
    get running() {
      return running()
    },
    tenant: async (test, options) => {
      const atEnd = atEndOf(test)
      const tenant = await running().tenant(options)
      atEnd(() => tenant.remove())
      return tenant
    }
  }
}

/**
 * Starts a server on a socket before the first test, and stops it after the last. If it cannot start, all tests fail with the reason.
 *
 * @since 0.1.0
 * @category constructors
 */
export const server = (hooks: Hooks, options?: MockServer.ListenOptions): SharedServer =>
  share(hooks, () => MockServer.start(options))

/**
 * The same, in process and without a socket. Call it with `running.fetch`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serverInProcess = (hooks: Hooks, options?: MockServer.Options): SharedServer =>
  share(hooks, () => MockServer.startInProcess(options))
