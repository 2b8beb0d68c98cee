/**
 * The contract of the Workspace Secrets API, as a suite of Vitest.
 *
 * @since 0.1.0
 */
import { layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Behaviour from "./Behaviour.js"
import * as Client from "./behaviours/Client.js"
import * as ClientErrors from "./behaviours/ClientErrors.js"
import * as ClientReading from "./behaviours/ClientReading.js"
import * as ClientReadingErrors from "./behaviours/ClientReadingErrors.js"
import * as ClientRequests from "./behaviours/ClientRequests.js"
import * as Create from "./behaviours/Create.js"
import * as CreateFields from "./behaviours/CreateFields.js"
import * as CreateLabels from "./behaviours/CreateLabels.js"
import * as Delete from "./behaviours/Delete.js"
import * as ErrorBodies from "./behaviours/ErrorBodies.js"
import * as Errors from "./behaviours/Errors.js"
import * as Get from "./behaviours/Get.js"
import * as List from "./behaviours/List.js"
import * as ListCursors from "./behaviours/ListCursors.js"
import * as ListFilters from "./behaviours/ListFilters.js"
import * as ListPages from "./behaviours/ListPages.js"
import * as Transport from "./behaviours/Transport.js"
import * as TransportJson from "./behaviours/TransportJson.js"
import * as Update from "./behaviours/Update.js"
import * as UpdateMask from "./behaviours/UpdateMask.js"
import * as Whoami from "./behaviours/Whoami.js"
import { Target } from "./Target.js"

/**
 * Everything that is expected of a server, and of the client in front of it.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours: ReadonlyArray<Behaviour.Behaviour> = [
  Transport,
  TransportJson,
  List,
  ListFilters,
  ListPages,
  ListCursors,
  Create,
  CreateFields,
  CreateLabels,
  Get,
  Update,
  UpdateMask,
  Delete,
  Whoami,
  Errors,
  ErrorBodies,
  Client,
  ClientErrors,
  ClientReading,
  ClientReadingErrors,
  ClientRequests
].flatMap((module) => module.behaviours)

/**
 * How the suite runs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** What is looked at; everything unless given. */
  readonly behaviours?: ReadonlyArray<Behaviour.Behaviour> | undefined
  /** How long a behaviour may take, in milliseconds; 60,000 unless given. */
  readonly timeout?: number | undefined
}

/**
 * Registers a test for each behaviour, `WS-LIST-009 sortOrder=asc is the order of creation, ties by id`. They run at the
 * same time, as many as Vitest's `maxConcurrency` allows, on one target that is made before them and taken down after
 * them. Those that need what the target has not are skipped, and say so.
 *
 * @since 0.1.0
 * @category running
 */
export const contract = <E>(name: string, target: Layer.Layer<Target, E>, options: Options = {}): void =>
  // Without the test services: a server that is remote has a clock that goes on.
  layer(target, { excludeTestServices: true })(name, (it) => {
    for (const behaviour of options.behaviours ?? behaviours) {
      it.effect(
        `${behaviour.id} ${behaviour.statement}`,
        (context) =>
          Effect.flatMap(Target, (service) => {
            const lacks = Behaviour.lacks(behaviour, service)
            return lacks.length === 0
              ? Behaviour.check(behaviour)
              : Effect.sync(() => context.skip(`the target has no ${lacks.join(" and no ")}`))
          }),
        { concurrent: true, timeout: options.timeout ?? 60_000 }
      )
    }
  })
