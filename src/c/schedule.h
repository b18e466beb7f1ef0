// What a pointer to a qsample_schedule points to.
#pragma once

#include "qsample/c.h"
#include "qsample/schedule.h"

struct qsample_schedule {
  qsample::NoiseSchedule table;
};
