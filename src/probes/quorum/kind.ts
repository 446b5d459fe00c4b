import { described, NON_EMPTY_STRING } from "../../schema/values.ts";
import type { Kind } from "../kind.ts";
import { quorum, type QuorumOptions } from "./quorum.ts";

/** The kind of `quorum` checks. */
export const quorumKind: Kind<QuorumOptions> = {
  make: quorum,
  passive: true,
  references: ["of"],
  schema: {
    properties: {
      of: {
        title: "a list of ids of checks",
        description: "The checks that it is made of",
        type: "array",
        items: NON_EMPTY_STRING,
        minItems: 1,
      },
      need: {
        ...described(
          {
            title: "all, any, or a whole number of 1 or more",
            anyOf: [{ enum: ["all", "any"] }, { type: "integer", minimum: 1 }],
          },
          "How many of them have to be up",
        ),
        examples: ["all", "any", 2],
      },
    },
    required: ["of", "need"],
  },
};
