import type * as Swagger from '@nestjs/swagger';

/** `@nestjs/swagger`, loaded by whoever makes a document. */
export type SwaggerLibrary = typeof Swagger;

const untold: ((library: SwaggerLibrary) => void)[] = [];

// The decorators by which classes say what the OpenAPI document shows of them. A server serves the committed document: what they say
// is only noted, so that it need not load the library that makes one, which takes longer and more memory than all controllers.

export function ApiProperty(options?: Swagger.ApiPropertyOptions): PropertyDecorator {
  return noted((library) => library.ApiProperty(options));
}

export function ApiPropertyOptional(options?: Swagger.ApiPropertyOptions): PropertyDecorator {
  return noted((library) => library.ApiPropertyOptional(options));
}

export function ApiTags(...tags: string[]): ClassDecorator {
  return noted((library) => library.ApiTags(...tags) as ClassDecorator);
}

export function ApiExcludeController(): ClassDecorator {
  return noted((library) => library.ApiExcludeController());
}

export function ApiOperation(options: Swagger.ApiOperationOptions): MethodDecorator {
  return noted((library) => library.ApiOperation(options));
}

export function ApiResponse(options: Swagger.ApiResponseOptions): MethodDecorator {
  return noted((library) => library.ApiResponse(options) as MethodDecorator);
}

export function ApiExtension(key: string, value: unknown): MethodDecorator {
  return noted((library) => library.ApiExtension(key, value) as MethodDecorator);
}

export function ApiBearerAuth(name: string): MethodDecorator {
  return noted((library) => library.ApiBearerAuth(name) as MethodDecorator);
}

/** Tells the library all that was noted, in the order in which it was said. To be done before a document is made. */
export function tellAllTo(library: SwaggerLibrary): void {
  for (const tell of untold.splice(0)) tell(library);
}

function noted<Target extends unknown[]>(
  decorator: (library: SwaggerLibrary) => (...target: Target) => unknown,
): (...target: Target) => void {
  return (...target) => {
    untold.push((library) => decorator(library)(...target));
  };
}
