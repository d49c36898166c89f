import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type CustomerSummary, changeCustomer, registerCustomer } from '../../commands';
import { OperationContext } from '../context';
import { ChangeCustomerInput, RegisterCustomerInput } from '../inputs/customer.inputs';
import { ChangeCustomerResult, RegisterCustomerResult } from '../types/results.union';
import { type Answer, runCommand } from './run-command';

type CustomerAnswer = Promise<Answer<{ customer: CustomerSummary }>>;

const customerView = (customer: CustomerSummary) => ({ customer });

@Resolver()
export class CustomerMutationsResolver {
  @Mutation(() => RegisterCustomerResult)
  registerCustomer(
    @Arg('input', () => RegisterCustomerInput) input: RegisterCustomerInput,
    @Ctx() context: OperationContext,
  ): CustomerAnswer {
    return runCommand(context, 'registerCustomer', registerCustomer, input, customerView);
  }

  @Mutation(() => ChangeCustomerResult)
  changeCustomer(
    @Arg('input', () => ChangeCustomerInput) input: ChangeCustomerInput,
    @Ctx() context: OperationContext,
  ): CustomerAnswer {
    return runCommand(context, 'changeCustomer', changeCustomer, input, customerView);
  }
}
