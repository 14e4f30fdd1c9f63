import { expect, test } from "vitest";
import { describe, fieldError, isStatus, offlineProblem, toProblem } from "./problem";

const refused = toProblem(400, {
  title: "Bad Request",
  detail: "Request validation failed",
  code: "invalid",
  "validation-errors": [
    {
      request_id: "0",
      errors: [
        { code: "NotSupportedChoice", path: "settings.allowed_origins.1", detail: "is no origin" },
        { code: "Required", path: "name", detail: "is missing" },
      ],
    },
  ],
});

test("a problem tells its title, detail and every field", () => {
  expect(describe(refused)).toEqual({
    title: "Bad Request",
    detail: "Request validation failed\nsettings.allowed_origins.1: is no origin\nname: is missing",
  });
});

test("a field finds its own error and those below it", () => {
  expect(fieldError(refused, "name")).toBe("is missing");
  expect(fieldError(refused, "settings.allowed_origins")).toBe("is no origin");
  expect(fieldError(refused, "settings.all")).toBeUndefined();
  expect(fieldError(new Error("x"), "name")).toBeUndefined();
});

test.each([[undefined], ["<html>"], [{ title: 7, "validation-errors": [{}] }]])(
  "an answer that is no problem (%j) still says something",
  (body) => expect(describe(toProblem(403, body))).toEqual({ title: "Not allowed", detail: "" }),
);

test("other errors are told by their message", () => {
  expect(describe(new Error("boom")).detail).toBe("boom");
  expect(describe("odd").detail).toBe("odd");
  expect(isStatus(refused, 400)).toBe(true);
  expect(isStatus(offlineProblem(), 0)).toBe(true);
});
