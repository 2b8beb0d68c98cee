/**
 * The OpenAPI document of the API.
 *
 * @since 0.1.0
 */
import * as OpenApi from "@effect/platform/OpenApi"
import { Api } from "./Api.js"

/**
 * What `/openapi.json` serves.
 *
 * @since 0.1.0
 * @category constants
 */
export const openApiDocument: OpenApi.OpenAPISpec = OpenApi.fromApi(Api)
