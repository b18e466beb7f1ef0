/* What a program in C does with qsample/c.h: this file is compiled as C. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "qsample/c.h"

static int failures = 0;

#define CHECK(condition)                                                              \
  do {                                                                                \
    if (!(condition)) {                                                               \
      printf("FAIL: line %d: %s (%s)\n", __LINE__, #condition, qsample_error_text()); \
      ++failures;                                                                     \
    }                                                                                 \
  } while (0)

static void noise_is_mixed_in(void) {
  enum { kChannels = 3, kPixels = 70, kSamples = kChannels * kPixels };
  const qsample_parameter parameters[] = {{"cosine-s", 0.01, NULL}};
  const qsample_shape shape = {1, kChannels, kPixels, QSAMPLE_CHW, QSAMPLE_FLOAT32};
  const uint64_t seed = 42;
  const int64_t t = 250;
  double alpha[1001], sigma[1001];
  float x0[kSamples], xt[kSamples], eps[kSamples], noise[kSamples];
  qsample_schedule* schedule = NULL;
  int i;
  for (i = 0; i < kSamples; ++i) x0[i] = (float)i / kSamples;
  CHECK(qsample_schedule_make("cosine", 1000, parameters, 1, &schedule) == QSAMPLE_OK);
  CHECK(qsample_schedule_steps(schedule) == 1000);
  CHECK(qsample_schedule_values(schedule, QSAMPLE_ALPHA, alpha) == QSAMPLE_OK);
  CHECK(qsample_schedule_values(schedule, QSAMPLE_SIGMA, sigma) == QSAMPLE_OK);
  CHECK(alpha[0] == 1 && sigma[0] == 0 &&
        fabs(alpha[t] * alpha[t] + sigma[t] * sigma[t] - 1) < 1e-12);
  CHECK(qsample_q_sample(schedule, QSAMPLE_SHARED, &shape, &seed, 1, 0, &t, 1, x0, xt, eps) ==
        QSAMPLE_OK);
  CHECK(qsample_noise(&shape, &seed, 1, 0, 0, noise) == QSAMPLE_OK);
  CHECK(memcmp(eps, noise, sizeof eps) == 0);
  for (i = 0; i < kSamples; ++i) CHECK(fabs(alpha[t] * x0[i] + sigma[t] * eps[i] - xt[i]) < 1e-6);
  CHECK(qsample_q_sample(schedule, QSAMPLE_SHARED, &shape, &seed, 1, 0, &t, 1, x0, x0, NULL) ==
        QSAMPLE_OK);
  CHECK(memcmp(x0, xt, sizeof xt) == 0);
  qsample_schedule_free(schedule);
}

static void what_cannot_be_is_told(void) {
  qsample_schedule* schedule = NULL;
  CHECK(qsample_schedule_make("cosin", 1000, NULL, 0, &schedule) == QSAMPLE_INVALID_ARGUMENT);
  CHECK(schedule == NULL);
  CHECK(strstr(qsample_error_text(), "did you mean cosine") != NULL);
  CHECK(qsample_schedule_make(NULL, 1000, NULL, 0, &schedule) == QSAMPLE_INVALID_ARGUMENT);
  CHECK(strcmp(qsample_error_text(), "`name` is NULL") == 0);
  qsample_schedule_free(NULL);
}

int main(void) {
  CHECK(strcmp(qsample_error_text(), "") == 0);
  CHECK(strcmp(qsample_version(), QSAMPLE_VERSION) == 0);
  CHECK(qsample_file_seed("a.png", 5, 0) != qsample_file_seed("b.png", 5, 0));
  noise_is_mixed_in();
  what_cannot_be_is_told();
  return failures == 0 ? 0 : 1;
}
