import type { Schema } from "../../schema/schema.ts";
import { NON_EMPTY_STRING } from "../../schema/values.ts";

/** The `plugins` of a config file. */
export const PLUGINS: Schema = {
  title: "a list of modules",
  description:
    "Modules with more kinds of checks: paths from this file, or jsr:, npm: and https: URLs",
  examples: [["./redis_kind.ts"], ["jsr:@me/kinds@1"]],
  type: "array",
  items: {
    ...NON_EMPTY_STRING,
    title: 'a path such as "./redis_kind.ts", or a URL',
  },
};
