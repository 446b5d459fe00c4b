// What `deno run` takes by itself.
