/* Noises four samples from C with the installed library, as the README shows. */
#include <math.h>
#include <stdio.h>

#include <qsample/c.h>

int main(void) {
  const float x0[] = {-1.0F, -0.5F, 0.5F, 1.0F};
  float xt[4], eps[4];
  double alpha[1001], sigma[1001];
  const uint64_t seed = 42;
  const int64_t t = 250;
  const qsample_shape shape = {1, 1, 4, QSAMPLE_CHW, QSAMPLE_FLOAT32};
  qsample_schedule* schedule;
  int i;
  if (qsample_schedule_make("cosine", 1000, NULL, 0, &schedule) != QSAMPLE_OK ||
      qsample_schedule_values(schedule, QSAMPLE_ALPHA, alpha) != QSAMPLE_OK ||
      qsample_schedule_values(schedule, QSAMPLE_SIGMA, sigma) != QSAMPLE_OK ||
      qsample_q_sample(schedule, QSAMPLE_SHARED, &shape, &seed, 1, 0, &t, 1, x0, xt, eps) !=
          QSAMPLE_OK) {
    puts(qsample_error_text());
    return 1;
  }
  for (i = 0; i < 4; ++i) {
    if (fabs(alpha[t] * x0[i] + sigma[t] * eps[i] - xt[i]) > 1e-6) return 1;
  }
  qsample_schedule_free(schedule);
  puts("linked from C, and right");
  return 0;
}
