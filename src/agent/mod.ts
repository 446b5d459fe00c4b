/**
 * Runs a config as an agent: its checks, its sinks and its HTTP app.
 *
 * @module
 */

export {
  type Agent,
  type AgentOptions,
  type Reloaded,
  startAgent,
} from "./agent.ts";
export { ListenError } from "./serve.ts";
