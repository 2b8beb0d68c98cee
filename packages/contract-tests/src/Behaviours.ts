/**
 * All behaviours of servers of the Workspace Secrets API and of the client.
 *
 * @since 0.1.0
 */
import type * as Behaviour from "./Behaviour.js"
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
import * as PublishedSchema from "./behaviours/PublishedSchema.js"
import * as RequestNames from "./behaviours/RequestNames.js"
import * as Transport from "./behaviours/Transport.js"
import * as TransportHttp from "./behaviours/TransportHttp.js"
import * as TransportJson from "./behaviours/TransportJson.js"
import * as Update from "./behaviours/Update.js"
import * as UpdateMask from "./behaviours/UpdateMask.js"
import * as Whoami from "./behaviours/Whoami.js"
import * as WhoMay from "./behaviours/WhoMay.js"

/**
 * All behaviours, in the order of the ledger.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours: ReadonlyArray<Behaviour.Behaviour> = [
  Transport,
  TransportHttp,
  TransportJson,
  PublishedSchema,
  RequestNames,
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
  WhoMay,
  Client,
  ClientErrors,
  ClientReading,
  ClientReadingErrors,
  ClientRequests
].flatMap((module) => module.behaviours)
