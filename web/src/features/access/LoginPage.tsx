import { Alert, Stack, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ApiError, api } from "@/api/client";
import { loginMethodsQuery } from "@/api/queries";
import type { Enrolment } from "@/api/types";
import { t } from "@/i18n/text";
import { Logo } from "@/ui/Logo";
import { CodeStep } from "./CodeStep";
import { OtherLanguages } from "./LanguageChoice";
import classes from "./LoginPage.module.css";
import { ownPage, problemText, refusalText } from "./loginWords";
import { OidcButton } from "./OidcButton";
import { PasswordStep } from "./PasswordStep";
import { RecoveryCodes } from "./RecoveryCodes";

type Step =
  | { kind: "password" }
  | { kind: "code"; enrolment: Enrolment | null }
  | { kind: "codes"; codes: string[] };

/** The step a refusal asks for: a second factor, or one to be set up. */
function nextStep(error: unknown): Step | null {
  if (!(error instanceof ApiError)) return null;
  if (error.code === "access.code_needed") return { kind: "code", enrolment: null };
  if (error.code === "access.enrolment_needed")
    return { kind: "code", enrolment: error.fields.enrolment as Enrolment };
  return null;
}

/** All ways in that this site has; afterwards back to where the login was needed. */
export function LoginPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const { next, problem: named } = useSearch({ from: "/login" });
  const methods = useQuery(loginMethodsQuery);
  const [typed, setTyped] = useState({ email: "", password: "" });
  const [step, setStep] = useState<Step>({ kind: "password" });
  const [problem, setProblem] = useState<string | null>(problemText(named));
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${t("Log in")} · Treadle`;
  }, []);

  const enter = () => {
    queries.clear();
    router.history.push(ownPage(next));
  };
  const logIn = async (code?: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const body = { email: typed.email.trim(), password: typed.password, ...(code ? { code } : {}) };
      const made = await api.post<{ recovery_codes: string[] | null }>("/x/login", body);
      if (made.recovery_codes) setStep({ kind: "codes", codes: made.recovery_codes });
      else enter();
    } catch (error) {
      const wanted = nextStep(error);
      if (wanted) setStep(wanted);
      else setProblem(refusalText(error));
    }
    setBusy(false);
  };

  const offered = methods.data ?? { passwords: true, oidc: null };
  return (
    <main className={classes.screen}>
      <div className={`panel ${classes.card}`}>
        <Stack gap="md">
          <div className={classes.brand}>
            <Logo size={36} />
            <Title order={1}>{t("Treadle")}</Title>
          </div>
          {problem ? (
            <Alert color="red" variant="light" role="alert" p="xs">
              {problem}
            </Alert>
          ) : null}
          {step.kind === "password" && offered.passwords ? (
            <PasswordStep value={typed} busy={busy} onChange={setTyped} onSubmit={() => void logIn()} />
          ) : null}
          {step.kind === "password" && offered.oidc ? (
            <OidcButton label={offered.oidc.label} next={ownPage(next)} alone={!offered.passwords} />
          ) : null}
          {step.kind === "code" ? (
            <CodeStep
              enrolment={step.enrolment}
              busy={busy}
              onSubmit={(code) => void logIn(code)}
              onBack={() => {
                setProblem(null);
                setStep({ kind: "password" });
              }}
            />
          ) : null}
          {step.kind === "codes" ? (
            <RecoveryCodes codes={step.codes} done={t("Go on")} onDone={enter} />
          ) : null}
        </Stack>
      </div>
      {step.kind === "password" ? <OtherLanguages /> : null}
    </main>
  );
}
