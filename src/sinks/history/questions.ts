import type { Question, QuestionReply } from "./protocol.ts";
import { attemptsReply, periodsReply } from "./store/answers.ts";
import type { Store } from "./store/store.ts";

/** Answers what is asked of a store whose checks have these numbers. */
export function answerQuestion(
  store: Store,
  numbers: ReadonlyMap<string, number>,
  question: Question,
): QuestionReply {
  switch (question.type) {
    case "periods": {
      const { checks, step, range, latency, merged } = question;
      const known = checks.filter((check) => numbers.has(check));
      const found = store.periods({
        ...range,
        step,
        latency,
        merged,
        checks: known.map((check) => numbers.get(check)!),
      });
      return periodsReply(
        new Map(known.map((check) => [check, found.get(numbers.get(check)!)!])),
      );
    }
    case "attempts": {
      const { check, range, limit } = question;
      const number = numbers.get(check);
      return attemptsReply(
        number === undefined ? [] : store.attempts(number, range, limit),
      );
    }
    case "incidents":
      return {
        type: "incidents",
        incidents: store.incidents(question.query),
      };
    default:
      return question satisfies never;
  }
}
