import { tIn } from "@/i18n/text";
import { StateMark } from "@/ui/StateMark";

/** Whether a session holds what its project's templates demand; nothing where it is not judged. */
export function ComplianceMark({ complete }: { complete: boolean | null | undefined }) {
  if (complete === null || complete === undefined) return null;
  return (
    <StateMark
      state={complete ? "ok" : "warn"}
      words={complete ? tIn("compliance", "complete") : tIn("compliance", "incomplete")}
    />
  );
}
