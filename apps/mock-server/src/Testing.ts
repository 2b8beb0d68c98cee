/**
 * A server for the tests of a file, for runners without Effect: Vitest, node:test, or another that has such hooks. Tests of
 * `@effect/vitest` take a layer of `MockServer`.
 *
 * @since 0.1.0
 */
import * as MockServer from "./MockServer.js"

/**
 * How a runner starts and stops what the tests of a file share: `beforeAll` and `afterAll` of Vitest, `before` and `after` of
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
 * What a runner hands to a test, as far as it is needed: what to do when the test is over. Vitest's context has `onTestFinished`, that of
 * node:test `after`.
 *
 * @since 0.1.0
 * @category models
 */
export type TestContext =
  | { readonly onTestFinished: (cleanUp: () => Promise<void>) => unknown }
  | { readonly after: (cleanUp: () => Promise<void>) => unknown }

/**
 * A server that the tests of a file share, each in a world of its own.
 *
 * @since 0.1.0
 * @category models
 */
export interface SharedServer {
  /** The server. Throws where it does not run, which is before and after the tests. */
  readonly running: MockServer.RunningServer
  /**
   * Makes a world that is gone when the test is over. With `assertFaultsHit`, the test fails when a fault has hit nothing. Rejects with
   * a `SeedError`, a `TenantError` or a `TenantExists`.
   */
  readonly tenant: (test: TestContext, options?: MockServer.TenantOptions) => Promise<MockServer.RunningTenant>
}

/** How to have something done when a test is over. */
const atEndOf = (test: TestContext): (cleanUp: () => Promise<void>) => unknown => {
  if ("onTestFinished" in test) {
    return (cleanUp) => test.onTestFinished(cleanUp)
  }
  if ("after" in test) {
    return (cleanUp) => test.after(cleanUp)
  }
  throw new TypeError(
    "Expected what the runner hands to the test: Vitest's has onTestFinished, that of node:test has after"
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
        "The mock server runs while the tests do: ask for it inside of a test, or of a hook after its own"
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
 * A server on a socket, from before the first test to after the last. Where it cannot start, all tests fail with why.
 *
 * @since 0.1.0
 * @category constructors
 */
export const server = (hooks: Hooks, options?: MockServer.ListenOptions): SharedServer =>
  share(hooks, () => MockServer.start(options))

/**
 * The same without a socket, which only the `fetch` of `running` reaches.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serverInProcess = (hooks: Hooks, options?: MockServer.Options): SharedServer =>
  share(hooks, () => MockServer.startInProcess(options))
