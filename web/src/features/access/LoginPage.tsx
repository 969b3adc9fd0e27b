import { Alert, Button, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { ApiError, api } from "@/api/client";
import { Logo } from "@/ui/Logo";
import classes from "./LoginPage.module.css";

/** Only addresses of this app: never lead a fresh login elsewhere. */
const own = (next: string | undefined) => (next?.startsWith("/") && !next.startsWith("//") ? next : "/");

/** E-mail and password; afterwards back to where the login was needed. */
export function LoginPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: "/login" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Log in · Treadle";
  }, []);

  const logIn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await api.post("/x/login", { email: email.trim(), password });
      queries.clear();
      router.history.push(own(next));
    } catch (error) {
      setBusy(false);
      const wrong = error instanceof ApiError && error.status === 401;
      setProblem(wrong ? "E-mail or password is not right." : (error as Error).message);
    }
  };

  return (
    <main className={classes.screen}>
      <form className={`panel ${classes.card}`} onSubmit={(event) => void logIn(event)}>
        <Stack gap="md">
          <div className={classes.brand}>
            <Logo size={36} />
            <Title order={1}>Treadle</Title>
          </div>
          {problem ? (
            <Alert color="red" variant="light" role="alert" p="xs">
              {problem}
            </Alert>
          ) : null}
          <TextInput
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={busy} fullWidth>
            Log in
          </Button>
        </Stack>
      </form>
    </main>
  );
}
