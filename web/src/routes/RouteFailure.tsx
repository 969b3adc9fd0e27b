import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { Failure } from "@/ui/Failure";

/** What is shown when a page itself fails. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Failure
      error={error}
      what="page"
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
