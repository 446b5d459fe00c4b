import manifest from "../deno.json" with { type: "json" };

/** The release of lifesign that this is, such as `"1.2.3"`. */
export const VERSION: string = manifest.version;
