import * as Create from "./wrong/Create.js"
import * as CreateLabels from "./wrong/CreateLabels.js"
import * as Delete from "./wrong/Delete.js"
import * as Errors from "./wrong/Errors.js"
import * as Get from "./wrong/Get.js"
import * as List from "./wrong/List.js"
import * as ListFilters from "./wrong/ListFilters.js"
import * as ListPages from "./wrong/ListPages.js"
import * as PublishedSchema from "./wrong/PublishedSchema.js"
import * as RequestNames from "./wrong/RequestNames.js"
import * as Transport from "./wrong/Transport.js"
import * as TransportHttp from "./wrong/TransportHttp.js"
import * as Update from "./wrong/Update.js"
import * as UpdateMask from "./wrong/UpdateMask.js"
import * as Whoami from "./wrong/Whoami.js"
import * as WhoMay from "./wrong/WhoMay.js"

/** All wrong servers, by what they do. */
export const servers = [
  Transport,
  TransportHttp,
  PublishedSchema,
  RequestNames,
  List,
  ListFilters,
  ListPages,
  Create,
  CreateLabels,
  Get,
  Update,
  UpdateMask,
  Delete,
  Whoami,
  Errors,
  WhoMay
].flatMap(({ wrongServers }) => Object.entries(wrongServers))
