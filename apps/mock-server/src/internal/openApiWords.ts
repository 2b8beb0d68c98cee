import * as FieldMask from "@workspace-secrets/core/FieldMask"
import * as ResourceName from "@workspace-secrets/core/ResourceName"
import type { SchemaObject } from "../OpenApiObjects.js"
import { cursor } from "./openApiExamples.js"

/*
 * What the declaration does not say: the meaning of every schema, field and parameter, and the rules that core checks by code. A
 * rule here has to refuse nothing that the server takes.
 */

/** What is laid over a schema of the declaration. */
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
    description: "The account that it belongs to: a prefixed ULID.",
    examples: ["account_01JD8X5H3N8G2QW6C1V9B7M4KT"]
  },
  createdAt: { description: "When it was created, RFC 3339 in UTC." },
  externalId: {
    description: "Its id in another system, unique in the workspace. Absent when there is none.",
    examples: ["billing-db"]
  },
  labels: { description: "Labels to sort and to filter by. Absent when there are none." },
  name: { description: "The name that people know it by. Need not be unique.", examples: ["Billing database"] },
  profileId: {
    description: "The profile that created it: a person, an API key or the system.",
    examples: ["profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE"]
  },
  workspaceId: {
    description: "The workspace that it belongs to: a prefixed ULID.",
    examples: ["workspace_01JD8X5HXM1P6T4K9C3V7N2BQG"]
  }
} satisfies Record<string, Words>

const storedLabels = "Label values by label keys. A reader takes any strings; what may be written is in `Labels`."

export const schemas: Readonly<Record<string, { readonly schema: Words; readonly fields?: Record<string, Words> }>> = {
  WorkspaceSecret: {
    schema: { description: "A secret of a workspace." },
    fields: {
      metadata: { description: "What every resource of a workspace carries." },
      spec: { description: "What the secret holds." },
      info: {
        description: "What the server knows about it. Left out of a list that did not ask for it with `includeInfo`."
      }
    }
  },
  ResourceMetadata: {
    schema: { description: "What every resource of a workspace carries beside its content." },
    fields: {
      ...metadata,
      id: {
        description: "Its id, set by the server: a prefixed ULID.",
        examples: ["wsecret_01JD8X6Q2V5T9RZK3M7N4P0ABC"]
      },
      updatedAt: { description: "When it was last changed, RFC 3339 in UTC. Absent until then." }
    }
  },
  WorkspaceSecretSpec: {
    schema: { description: "What a secret holds." },
    fields: {
      value: {
        description:
          "The secret itself, any text. Absent when none is set, and where a server does not show values (`--write-only-values`).",
        format: "password"
      }
    }
  },
  WorkspaceSecretInfo: {
    schema: { description: "What the server knows about a secret." },
    fields: {
      createdBy: { description: "The profile that created it." },
      lastUsedAt: { description: "When its value was last used, RFC 3339 in UTC. Absent when it never was." }
    }
  },
  WorkspaceSecretPage: {
    schema: { description: "A page of secrets." },
    fields: {
      items: { description: "The secrets, in the order asked for. Never empty, unless nothing matches at all." },
      pagination: { description: "Where the list goes on." }
    }
  },
  Pagination: {
    schema: { description: "Where a list goes on." },
    fields: {
      nextCursor: {
        description: "The `cursor` of the next page, for the same filters and order. Absent or empty on the last page."
      }
    }
  },
  Profile: {
    schema: { description: "Someone or something that acts in an account." },
    fields: {
      metadata: { description: "What every resource of an account carries." },
      spec: { description: "What the profile says of itself." }
    }
  },
  AccountResourceMetadata: {
    schema: { description: "What a resource carries that belongs to an account and to no workspace." },
    fields: {
      accountId: metadata.accountId,
      createdAt: { description: "When it was created, RFC 3339 in UTC. Older answers are without it." },
      externalId: { description: "Its id in another system. Absent when there is none." },
      id: { description: "Its id: a prefixed ULID.", examples: ["profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE"] },
      labels: metadata.labels,
      name: metadata.name,
      profileId: metadata.profileId
    }
  },
  ProfileSpec: {
    schema: { description: "What a profile says of itself." },
    fields: {
      type: { description: "What acts: a person, an API key or the system." },
      email: { description: "The email address of a person, unique in the account." },
      name: { description: "The name to show." }
    }
  },
  ProfileType: {
    schema: {
      description: "The type of a profile. More of them may come: a reader keeps one that it does not know."
    }
  },
  StoredLabels: { schema: { description: storedLabels } },
  Labels: {
    schema: {
      description:
        "Labels to write. A key has 1 to 63 characters, letters or digits at both ends, `-`, `_` and `.` between, and may have a DNS name of at most 253 characters and `/` before it. A value is the same without the prefix, or empty. An empty map is none.",
      propertyNames: { pattern: labelKey },
      additionalProperties: { type: "string", pattern: `^(?:${labelName})?$` },
      examples: [{ environment: "production", "example.com/team": "billing" }]
    }
  },
  CreateWorkspaceSecret: {
    schema: { description: "A secret to create. Fields that the server sets are ignored, and so are unknown ones." },
    fields: {
      metadata: { description: "Its name and what else it can be found by." },
      spec: { description: "What it holds. Required, and may be empty: the value can be set later." }
    }
  },
  CreateResourceMetadata: {
    schema: { description: "The metadata that the caller of a create sets." },
    fields: {
      name: {
        description:
          `The name that people know it by: 1 to ${ResourceName.maxLength} characters, not counting white space around it, which is taken off.`,
        minLength: 1,
        pattern: `^\\s*\\S(?:[\\s\\S]{0,${ResourceName.maxLength - 2}}\\S)?\\s*$`,
        examples: metadata.name.examples
      },
      externalId: {
        description: "Its id in another system. Not empty, and taken by no other secret of the workspace.",
        minLength: 1,
        examples: metadata.externalId.examples
      },
      labels: { description: "Labels to sort and to filter by." }
    }
  },
  UpdateWorkspaceSecret: {
    schema: {
      description:
        "Fields to write. With a mask, its fields are written, and those of them that are absent here are cleared. Without one, the fields that are present are written."
    },
    fields: {
      metadata: { description: "The metadata to write." },
      spec: { description: "What the secret is to hold." },
      updateMask: {
        description: `The fields to write, with commas between: ${
          FieldMask.paths.map((path) => `\`${path}\``).join(", ")
        }. The paths may be in snake_case.`,
        pattern: `^(?:(?:${maskPath})(?:,(?:${maskPath}))*)?$`,
        examples: ["spec.value", "metadata.name,metadata.labels"]
      }
    }
  },
  UpdateResourceMetadata: {
    schema: {
      description: "The metadata that the caller of an update sets. The rules of a create hold for what is written."
    },
    fields: {
      name: { description: "The new name. It cannot be cleared.", examples: metadata.name.examples },
      externalId: { description: "The new id in another system.", examples: metadata.externalId.examples },
      labels: { description: "The new labels, which replace all there are." }
    }
  },
  Deleted: {
    schema: { description: "Nothing more to say." }
  },
  Status: {
    schema: { description: "The body of every error: google.rpc.Status." },
    fields: {
      code: {
        description: "The google.rpc.Code of the error. It tells apart what shares an HTTP status.",
        type: "integer",
        format: "int32",
        minimum: 0
      },
      message: { description: "What was wrong, for a developer to read. It quotes no value of a secret." },
      details: { description: "More about the error, for a program to read." }
    }
  },
  BadRequest: {
    schema: { description: "The fields that are wrong: google.rpc.BadRequest." },
    fields: {
      "@type": { description: "What tells it from other details." },
      fieldViolations: { description: "Each field that is wrong." }
    }
  },
  FieldViolation: {
    schema: { description: "One field that is wrong." },
    fields: {
      field: {
        description: "The path of the field or the name of the parameter; empty for the whole of the body.",
        examples: ["metadata.name", "limit"]
      },
      description: { description: "What would be right." }
    }
  },
  RetryInfo: {
    schema: { description: "How long to wait before the same call may succeed: google.rpc.RetryInfo." },
    fields: {
      "@type": { description: "What tells it from other details." },
      retryDelay: {
        description: "The delay in seconds, with up to nine fractional digits and an `s`.",
        pattern: "^\\d{1,12}(?:\\.\\d{1,9})?s$",
        examples: ["1.5s"]
      }
    }
  },
  UnknownDetail: {
    schema: { description: "A detail of another type. A reader takes no notice of one that it does not know." },
    fields: { "@type": { description: "The type, as a URL." } }
  },
  Limit: {
    schema: {
      description: "How many secrets a page holds at the most. 0 is the default, 50; above 200 is 200.",
      // Not the declaration's: a larger number is taken, for 200.
      maximum: undefined
    }
  },
  LabelSelector: {
    schema: {
      description:
        "Labels that a secret must have, all of them, exactly: `key=value` with commas between, each key once.",
      pattern: "^(?:[^=,]+=[^,]*(?:,[^=,]+=[^,]*)*)?$"
    }
  },
  SortOrder: { schema: { description: "The order by creation time, ties by id: oldest or newest first." } },
  QueryBoolean: { schema: { description: "`true` or `false`." } },
  WorkspaceSecretRef: {
    schema: {
      description: "How a secret is addressed: its id, or `external_id:` and its external id, percent-encoded.",
      minLength: 1
    }
  }
}

export const parameters: Readonly<
  Record<string, { readonly description: string; readonly schema?: SchemaObject; readonly example?: unknown }>
> = {
  "path id": {
    description:
      "The secret: its id, or `external_id:` and its external id. Percent-encoded, so that a `/` in it is part of it.",
    example: "external_id:billing-db"
  },
  "path workspaceId": {
    description: "The workspace: its id, or its alias.",
    schema: { minLength: 1 },
    example: "development"
  },
  "query limit": {
    description: "How many secrets the page holds at the most. 0 is the default, 50; above 200 is 200.",
    example: 50
  },
  "query cursor": {
    description:
      "Where the list goes on: `nextCursor` of the page before. Good for the same filters and order only. It survives changes: what stays is neither skipped nor repeated, even when the secret that it stands for is deleted. An empty one is the first page.",
    // Postman, Swagger UI and their like send `example`, and any cursor but the empty one is refused.
    schema: { default: "", examples: [cursor] },
    example: ""
  },
  "query prefix": { description: "Names that start with it; case matters.", example: "Billing" },
  "query query": {
    description: "Text to look for in name, external id, and keys and values of labels; case does not matter.",
    example: "bill"
  },
  "query labels": {
    description: "Labels that all have to be there: `key=value` with commas between, each key once.",
    example: "environment=production"
  },
  "query sortOrder": {
    description: "The order by creation time, ties by id.",
    schema: { default: "desc" },
    example: "asc"
  },
  "query includeInfo": {
    description: "Whether the secrets come with their `info`. It costs more of the service's rate limit.",
    schema: { default: false },
    example: true
  }
}
