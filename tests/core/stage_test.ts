import { assertEquals } from "@std/assert";
import { enterStage, stageOf } from "../../src/core/stage.ts";

Deno.test("stageOf() tells the last stage of this signal and no other", () => {
  const [one, other] = [AbortSignal.abort(), AbortSignal.abort()];
  assertEquals(stageOf(one), undefined);
  enterStage(one, "resolving");
  enterStage(one, "connecting");
  assertEquals(stageOf(one), "connecting");
  assertEquals(stageOf(other), undefined);
});
