import * as FieldMask from "@workspace-secrets/core/FieldMask"
import * as ResourceName from "@workspace-secrets/core/ResourceName"
import { cursor } from "./OpenApiExamples.js"
import type { SchemaObject } from "./OpenApiObjects.js"

/*
 * Descriptions of every schema, field and parameter, and the constraints that core checks in code. A constraint here must not reject
 * anything that the server accepts.
 */

/** Fields to add to a declared schema. */
export interface Words extends SchemaObject {
  readonly description: string
}

const labelName = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
const dnsLabel = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
const labelKey = `^(?:(?=[^/]{1,253}/)${dnsLabel}(?:\\.${dnsLabel})*/)?${labelName}$`

const maskPath = FieldMask.paths
  .flatMap((path) => [path, path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)])
  .filter((path, i, all) => all.indexOf(path) === i)
  .map((path) => path.replace(/[.*]/g, "\\$&"))
  .join("|")

const metadata = {
  accountId: {
    description: "Id of the account that the resource belongs to: a prefixed ULID.",
    examples: ["account_01JD8X5H3N8G2QW6C1V9B7M4KT"]
  },
  createdAt: { description: "Creation time, RFC 3339 in UTC." },
  externalId: {
    description: "Id of the resource in another system, unique in the workspace. Empty if there is none.",
    examples: ["billing-db"]
  },
  labels: { description: "Key-value pairs to categorize and filter by. Empty if there are none." },
  name: { description: "Human-readable name. Need not be unique.", examples: ["Billing database"] },
  profileId: {
    description: "Id of the profile that created the resource: a user, an API key or the system.",
    examples: ["profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE"]
  },
  workspaceId: {
    description: "Id of the workspace that the resource belongs to: a prefixed ULID.",
    examples: ["workspace_01JD8X5HXM1P6T4K9C3V7N2BQG"]
  }
} satisfies Record<string, Words>

const storedLabels = "Label values by label keys. Readers accept any strings. `Labels` has the rules for writing."

export const schemas: Readonly<Record<string, { readonly schema: Words; readonly fields?: Record<string, Words> }>> = {
  WorkspaceSecret: {
    schema: { description: "A secret of a workspace." },
    fields: {
      metadata: { description: "Ids, name, labels and times." },
      spec: { description: "The content of the secret." },
      info: {
        description: "Read-only information from the server. Lists contain it only with `includeInfo=true`."
      }
    }
  },
  ResourceMetadata: {
    schema: { description: "The metadata of a resource that belongs to a workspace." },
    fields: {
      ...metadata,
      id: {
        description: "Id of the resource, set by the server: a prefixed ULID.",
        examples: ["wsecret_01JD8X6Q2V5T9RZK3M7N4P0ABC"]
      },
      updatedAt: { description: "Time of the last change, RFC 3339 in UTC. Absent if there was none." }
    }
  },
  WorkspaceSecretSpec: {
    schema: { description: "The content of a secret." },
    fields: {
      value: {
        description:
          "The secret value, a text without restrictions. Absent if none is set, or if the server does not return values (`--write-only-values`).",
        format: "password"
      }
    }
  },
  WorkspaceSecretInfo: {
    schema: { description: "Read-only information about a secret." },
    fields: {
      createdBy: { description: "The profile that created the secret." },
      lastUsedAt: { description: "Time when the value was last used, RFC 3339 in UTC. Absent if it was never used." }
    }
  },
  WorkspaceSecretPage: {
    schema: { description: "A page of secrets." },
    fields: {
      items: { description: "The secrets, in the requested order. A page is empty only if no secret matches." },
      pagination: { description: "The position of the next page." }
    }
  },
  Pagination: {
    schema: { description: "The position of the next page of a list." },
    fields: {
      nextCursor: {
        description: "The `cursor` of the next page, valid for the same filters and order. Empty on the last page."
      }
    }
  },
  Profile: {
    schema: { description: "A user, an API key or the system, as an actor in an account." },
    fields: {
      metadata: { description: "Ids, name and labels." },
      spec: { description: "Type, email and name." }
    }
  },
  AccountResourceMetadata: {
    schema: { description: "The metadata of a resource that belongs to an account and not to a workspace." },
    fields: {
      accountId: metadata.accountId,
      createdAt: { description: "Creation time, RFC 3339 in UTC. May be absent." },
      externalId: { description: "Id of the resource in another system. Empty if there is none." },
      id: { description: "Id of the resource: a prefixed ULID.", examples: ["profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE"] },
      labels: metadata.labels,
      name: metadata.name,
      profileId: metadata.profileId
    }
  },
  ProfileSpec: {
    schema: { description: "The type, email and name of a profile." },
    fields: {
      type: { description: "The kind of actor: user, API key or system." },
      email: { description: "Email address of a user, unique in the account. Empty for other types." },
      name: { description: "Display name. Empty if there is none." }
    }
  },
  ProfileType: {
    schema: {
      description: "The type of a profile. New types may be added. Readers keep unknown types as strings."
    }
  },
  StoredLabels: { schema: { description: storedLabels } },
  Labels: {
    schema: {
      description:
        "Labels to write. A key has 1 to 63 characters: letters or digits at both ends; letters, digits, `-`, `_` and `.` between. It may have a prefix: a DNS name of at most 253 characters and `/`. A value follows the same rules without the prefix, or is empty.",
      propertyNames: { pattern: labelKey },
      additionalProperties: { type: "string", pattern: `^(?:${labelName})?$` },
      examples: [{ environment: "production", "example.com/team": "billing" }]
    }
  },
  CreateWorkspaceSecret: {
    schema: { description: "A secret to create. Unknown fields, and fields that the server sets, are ignored." },
    fields: {
      metadata: { description: "Name, external id and labels." },
      spec: { description: "The content. Required, but may be `{}`: the value can be set later." }
    }
  },
  CreateResourceMetadata: {
    schema: { description: "The metadata of a secret to create." },
    fields: {
      name: {
        description:
          `Human-readable name: 1 to ${ResourceName.maxLength} characters after white space at both ends is removed.`,
        minLength: 1,
        pattern: `^\\s*\\S(?:[\\s\\S]{0,${ResourceName.maxLength - 2}}\\S)?\\s*$`,
        examples: metadata.name.examples
      },
      externalId: {
        description: "Id in another system. No other secret of the workspace may have it. Empty means none.",
        examples: metadata.externalId.examples
      },
      labels: { description: "Key-value pairs to categorize and filter by." }
    }
  },
  UpdateWorkspaceSecret: {
    schema: {
      description:
        "Fields to write. With a mask, exactly its fields are written; a masked field that is absent or empty here is cleared. Without a mask, the fields that are present and not empty are written."
    },
    fields: {
      metadata: { description: "The metadata to write." },
      spec: { description: "The content to write." },
      updateMask: {
        description: `Paths of the fields to write, separated by commas: ${
          FieldMask.paths.map((path) => `\`${path}\``).join(", ")
        }. Paths may be in snake_case.`,
        pattern: `^(?:(?:${maskPath})(?:,(?:${maskPath}))*)?$`,
        examples: ["spec.value", "metadata.name,metadata.labels"]
      }
    }
  },
  UpdateResourceMetadata: {
    schema: {
      description: "The metadata to write. The same rules apply as for a new secret."
    },
    fields: {
      name: { description: "The new name. It cannot be cleared.", examples: metadata.name.examples },
      externalId: { description: "The new id in another system.", examples: metadata.externalId.examples },
      labels: { description: "The new labels. They replace all existing labels." }
    }
  },
  Deleted: {
    schema: { description: "An empty object." }
  },
  Status: {
    schema: { description: "The body of every error: google.rpc.Status." },
    fields: {
      code: {
        description: "The google.rpc.Code of the error. It distinguishes errors that share an HTTP status.",
        type: "integer",
        format: "int32",
        minimum: 0
      },
      message: { description: "What went wrong, for developers. It never contains the value of a secret." },
      details: { description: "More about the error, for programs." }
    }
  },
  BadRequest: {
    schema: { description: "Fields that are wrong: google.rpc.BadRequest." },
    fields: {
      "@type": { description: "The type of the detail, as a URL." },
      fieldViolations: { description: "One entry for each wrong field." }
    }
  },
  FieldViolation: {
    schema: { description: "A field that is wrong." },
    fields: {
      field: {
        description: "Path of the field in snake_case, or name of the parameter. Empty if the whole body is wrong.",
        examples: ["metadata.external_id", "limit"]
      },
      description: { description: "What the server expected." }
    }
  },
  RetryInfo: {
    schema: { description: "How long to wait before a retry: google.rpc.RetryInfo." },
    fields: {
      "@type": { description: "The type of the detail, as a URL." },
      retryDelay: {
        description: "The delay in seconds, with up to nine fractional digits, followed by `s`.",
        pattern: "^\\d{1,12}(?:\\.\\d{1,9})?s$",
        examples: ["1.5s"]
      }
    }
  },
  ErrorInfo: {
    schema: { description: "The cause of the error in words for programs: google.rpc.ErrorInfo." },
    fields: {
      "@type": { description: "The type of the detail, as a URL." },
      reason: { description: "The cause of the error, constant for this kind of error.", examples: ["SCOPE_MISSING"] },
      domain: { description: "The service that the reason belongs to." },
      metadata: { description: "More about the cause, such as `required_scope` and `granted_scopes`." }
    }
  },
  UnknownDetail: {
    schema: { description: "A detail of another type. Readers ignore types that they do not know." },
    fields: { "@type": { description: "The type of the detail, as a URL." } }
  },
  Limit: {
    schema: {
      description: "Maximum number of secrets on a page. 0 means the default, 50. Above 200 means 200.",
      format: "int32",
      maximum: 2 ** 31 - 1
    }
  },
  LabelSelector: {
    schema: {
      description:
        "Labels that a secret must have: `key=value` pairs, separated by commas, each key once. All must match exactly.",
      pattern: "^(?:[^=,]+=[^,]*(?:,[^=,]+=[^,]*)*)?$"
    }
  },
  SortOrder: {
    schema: { description: "Order by creation time, then by id: `asc` is oldest first, `desc` is newest first." }
  },
  QueryBoolean: { schema: { description: "`true` or `false`." } },
  WorkspaceSecretRef: {
    schema: {
      description: "The id of a secret, or `external_id:` followed by its external id, percent-encoded.",
      minLength: 1
    }
  }
}

export const parameters: Readonly<
  Record<string, { readonly description: string; readonly schema?: SchemaObject; readonly example?: unknown }>
> = {
  "path id": {
    description:
      "The id of the secret, or `external_id:` followed by its external id. Percent-encode it: a `/` in it must be `%2F`.",
    example: "external_id:billing-db"
  },
  "path workspaceId": {
    description: "The id or the alias of the workspace.",
    schema: { minLength: 1 },
    example: "development"
  },
  "query limit": {
    description: "Maximum number of secrets on the page. 0 means the default, 50. Above 200 means 200.",
    example: 50
  },
  "query cursor": {
    description:
      "`nextCursor` of the previous page; empty for the first page. Valid for the same filters and order only. Secrets that are created or deleted meanwhile do not make the list skip or repeat others.",
    // Empty, because tools such as Postman and Swagger UI send `example`, and the server rejects every invented cursor.
    schema: { default: "", examples: [cursor] },
    example: ""
  },
  "query prefix": { description: "Only names that start with this text. Case matters.", example: "Billing" },
  "query query": {
    description:
      "Only secrets with this text in their name, external id, label keys or label values. Case does not matter.",
    example: "bill"
  },
  "query labels": {
    description: "Only secrets with all of these labels: `key=value` pairs, separated by commas, each key once.",
    example: "environment=production"
  },
  "query sortOrder": {
    description: "Order by creation time, then by id.",
    schema: { default: "desc" },
    example: "asc"
  },
  "query includeInfo": {
    description: "Whether items contain `info`. This uses more of the rate limit of the service.",
    schema: { default: false },
    example: true
  }
}
